import { json } from 'node:stream/consumers';
import { z } from 'zod';

// npm sbom … | node stable-sbom.ts: takes the serial number and the time out of a CycloneDX document,
// so that the same packages make the same image, byte for byte.
const document = z
  .looseObject({ serialNumber: z.string(), metadata: z.looseObject({ timestamp: z.string() }) })
  .parse(await json(process.stdin));
const { serialNumber: _serial, metadata, ...rest } = document;
const { timestamp: _time, ...stableMetadata } = metadata;
process.stdout.write(`${JSON.stringify({ ...rest, metadata: stableMetadata })}\n`);
