import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './process-table.ts';

/** What a group of processes has used since the group was made. */
export interface MemoryUse {
  /** The most at once, page cache included; undefined where the kernel does not count it. */
  peakBytes: number | undefined;
  /** Processes that the kernel has killed for want of memory. */
  oomKills: number;
}

/** A program with its arguments. */
export interface CommandLine {
  command: string;
  args: string[];
}

/** The files of one version of control groups. */
interface Files {
  limits: readonly string[];
  peak: string;
  events: string;
}

const mount = '/sys/fs/cgroup';
const v1: Files = {
  // The second is of memory and swap together, and exists where swap is counted; never below the first.
  limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
  peak: 'memory.max_usage_in_bytes',
  events: 'memory.oom_control',
};
const v2: Files = { limits: ['memory.max'], peak: 'memory.peak', events: 'memory.events' };

const prefix = 'event-platform-';
const removeTimeoutMs = 10_000;
const mebibyte = 1024 * 1024;
let made = 0;

/**
 * A control group of Linux that holds processes to so much memory, without swap, as a limit of
 * Kubernetes does: beyond it the kernel kills, and V8 sizes its heap by it.
 */
export class MemoryGroup {
  readonly limitMiB: number;
  /** Where the kernel shows it. */
  readonly directory: string;
  private readonly files: Files;

  private constructor(dir: string, files: Files, limitMiB: number) {
    this.directory = dir;
    this.files = files;
    this.limitMiB = limitMiB;
  }

  /**
   * Makes one. What owners that were killed left behind is removed.
   *
   * @throws Error when none can be made here: see `whyNoMemoryGroups`
   */
  static make(limitMiB: number): MemoryGroup {
    const parent = findParent();
    if (typeof parent === 'string') throw new Error(parent);
    removeLeftovers(parent.dir);
    const dir = join(parent.dir, `${prefix}${process.pid}-${++made}`);
    mkdirSync(dir);
    const group = new MemoryGroup(dir, parent.files, limitMiB);
    for (const file of parent.files.limits) group.write(file, String(limitMiB * mebibyte));
    // Version 2 counts swap apart, and has no such file where there is none.
    group.write('memory.swap.max', '0');
    return group;
  }

  /** The command that runs another in the group: a shell that enters it and becomes that program. */
  hold({ command, args }: CommandLine): CommandLine {
    const enter = 'echo $$ > "$0" && exec "$@"';
    return {
      command: '/bin/sh',
      args: ['-c', enter, join(this.directory, 'cgroup.procs'), command, ...args],
    };
  }

  read(): MemoryUse {
    const peak = this.readText(this.files.peak);
    const [, kills = '0'] = /^oom_kill (\d+)$/m.exec(this.readText(this.files.events) ?? '') ?? [];
    return { peakBytes: peak === undefined ? undefined : Number(peak), oomKills: Number(kills) };
  }

  /**
   * Removes the group. Its processes have to have ended; the kernel lets go of the last one a little
   * after its end.
   */
  async remove(): Promise<void> {
    const deadline = performance.now() + removeTimeoutMs;
    for (;;) {
      try {
        rmdirSync(this.directory);
        return;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EBUSY' || performance.now() > deadline) throw error;
      }
      await sleep(20);
    }
  }

  private write(file: string, value: string): void {
    const path = join(this.directory, file);
    if (existsSync(path)) writeFileSync(path, value);
  }

  private readText(file: string): string | undefined {
    const path = join(this.directory, file);
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
  }
}

/** Says why no process can be held to an amount of memory on this machine; undefined when one can. */
export function whyNoMemoryGroups(): string | undefined {
  const parent = findParent();
  return typeof parent === 'string' ? parent : undefined;
}

/**
 * Where groups are made: at the root of what is mounted, which is that of a container in one. With
 * version 2 a group that has processes of its own cannot limit others below it, so a container's cannot.
 */
function findParent(): { dir: string; files: Files } | string {
  if (process.platform !== 'linux') return 'Memory is limited by control groups, which need Linux.';
  if (process.getuid?.() !== 0) return 'Memory is limited by control groups, which takes root.';
  const controllers = join(mount, 'cgroup.subtree_control');
  if (existsSync(controllers) && /\bmemory\b/.test(readFileSync(controllers, 'utf8'))) {
    return { dir: mount, files: v2 };
  }
  const dir = join(mount, 'memory');
  if (existsSync(join(dir, 'memory.limit_in_bytes'))) return { dir, files: v1 };
  return `Memory is limited by control groups, and ${mount} lets us make none that do.`;
}

function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmdirSync(join(parent, name));
    } catch {
      // The supervisors have not ended its processes yet: the next owner removes it.
    }
  }
}
