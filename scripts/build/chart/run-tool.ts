import { spawnSync } from 'node:child_process';
import { findTool, type ToolName } from './tools.ts';

/** What a tool printed, and whether it was content. */
export interface ToolOutput {
  ok: boolean;
  stdout: string;
  /** Its output if it failed: both streams, trimmed. */
  said: string;
}

/**
 * Runs a tool to its end.
 *
 * @param input goes to its standard input
 * @throws CliError when it is missing
 */
export function runTool(
  name: ToolName,
  args: readonly string[],
  options: { input?: string; cwd?: string; env?: NodeJS.ProcessEnv } = {},
): ToolOutput {
  const { status, stdout, stderr, error } = spawnSync(findTool(name), args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 256 * 2 ** 20,
  });
  if (error) throw error;
  return { ok: status === 0, stdout, said: `${stdout}\n${stderr}`.trim() };
}
