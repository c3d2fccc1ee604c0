import type { Server } from 'node:net';
import { ConfigError } from './env.ts';

export interface ListenAddress {
  host: string;
  port: number;
  /** The variable that the port comes from, for the sentence when it cannot be had. */
  variable: 'PORT' | 'OPS_PORT';
}

/**
 * Listens, or says why that cannot be.
 *
 * @throws ConfigError when the port is taken or may not be used, or the host is no address of this machine
 */
export function listenOn(server: Server, { host, port, variable }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      const sentence = whyNot(error.code, variable, host, port);
      reject(sentence === undefined ? error : new ConfigError(sentence));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function whyNot(
  code: string | undefined,
  variable: string,
  host: string,
  port: number,
): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `${variable}: ${port} of ${host} is in use; end what listens there, or take another one`;
    case 'EACCES':
      return `${variable}: ${port} may not be listened on by this user; take one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `HOST: ${host} is no address of this machine; 0.0.0.0 or :: are all of them`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST: no address is known for ${host}; 0.0.0.0 or :: are all of this machine`;
    default:
      return undefined;
  }
}
