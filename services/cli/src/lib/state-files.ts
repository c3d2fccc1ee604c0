import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { LocalState } from './local-state.ts';

const pidsSchema = z.object({
  supervisor: z.number(),
  postgres: z.number().optional(),
  redis: z.number().optional(),
  api: z.number().optional(),
  worker: z.number().optional(),
  maintainer: z.number().optional(),
  prometheus: z.number().optional(),
});

const portsSchema = z.object({
  api: z.number(),
  ops: z.number(),
  maintainer: z.number(),
  postgres: z.number(),
  redis: z.number(),
  /** Absent unless it was requested. */
  prometheus: z.number().optional(),
});

/** `pids.json`: the processes that run. It exists while a supervisor runs, and after one that was killed. */
export type Pids = z.infer<typeof pidsSchema>;

/** `ports.json`: where they listen, or listened last; PostgreSQL and Redis get the same again. */
export type Ports = z.infer<typeof portsSchema>;

/** Undefined when there is none, or when it is no such file. */
export function readPids(state: LocalState): Pids | undefined {
  return read(state.pidsFile, pidsSchema);
}

/** Undefined when there is none, or when it is no such file. */
export function readPorts(state: LocalState): Ports | undefined {
  return read(state.portsFile, portsSchema);
}

export function writePids(state: LocalState, pids: Pids): void {
  write(state.pidsFile, pids);
}

export function writePorts(state: LocalState, ports: Ports): void {
  write(state.portsFile, ports);
}

export function removePids(state: LocalState): void {
  rmSync(state.pidsFile, { force: true });
}

function read<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Readers, such as a test that waits for a new pid, never see half a file. */
function write(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
