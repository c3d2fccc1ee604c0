import { createHook } from 'node:async_hooks';

/** What a forgotten client, server, child process or timer keeps alive, in plain words. */
const watched = {
  TCPWRAP: 'an open connection',
  TCPSERVERWRAP: 'a listening server',
  PROCESSWRAP: 'a child process',
  Timeout: 'a running timer',
};

/** Jest opens handles of its own meanwhile: a stack with nothing but these is none of the test's. */
const foreignFrame = /node_modules\/(@jest\/|jest[-/]|@swc\/)|\(node:|at node:|scripts\/jest\//;

/**
 * Knows what was opened since it was made and still holds the event loop, and where it was opened.
 * Handles without a reference (idle HTTP connections, unref'd timers) do not count.
 */
export class HandleTracker {
  #open = new Map();
  #hook;
  #rootDir;

  constructor(rootDir) {
    this.#rootDir = rootDir;
    this.#hook = createHook({
      // Promises are by far the most of all resources, and never a leak: tracking them would be slow.
      trackPromises: false,
      init: (id, type, _trigger, resource) => {
        // The stack is formatted only when it is read.
        if (type in watched) this.#open.set(id, { type, resource, origin: new Error() });
      },
      destroy: (id) => {
        this.#open.delete(id);
      },
    }).enable();
  }

  /** One phrase for each kind and place: `2 × a running timer (services/x.test.ts:12:5)`. */
  open() {
    const counts = new Map();
    for (const { type, origin } of this.#leaks()) {
      const phrase = `${watched[type]} (${this.#placeOf(origin)})`;
      counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
    }
    return [...counts].map(([phrase, count]) => (count > 1 ? `${count} × ${phrase}` : phrase));
  }

  closeAll() {
    for (const { resource } of this.#leaks()) resource.close();
  }

  stop() {
    this.#hook.disable();
    this.#open.clear();
  }

  #leaks() {
    return [...this.#open.values()].filter(
      ({ resource, origin }) => resource.hasRef() && framesOf(origin).some(isOfTheTest),
    );
  }

  #placeOf(origin) {
    const frames = framesOf(origin).filter(isOfTheTest);
    const frame = frames.find((line) => !line.includes('node_modules')) ?? frames[0];
    const place = /\(?((?:file:\/\/)?\/[^()]*:\d+:\d+)\)?$/.exec(frame)?.[1] ?? frame.trim();
    return place.replace('file://', '').replace(`${this.#rootDir}/`, '');
  }
}

function framesOf(error) {
  return error.stack.split('\n').slice(1);
}

function isOfTheTest(frame) {
  return frame.includes('/') && !foreignFrame.test(frame);
}
