/** What a document refers to: links as written, and paths from the root of the repository. */
export interface References {
  links: string[];
  paths: string[];
}

const link = /\]\(([^)\s]+)\)/g;
const ownPath =
  /(?<![\w./-])(?:services|scripts|load-tests|docs|charts|keda|k8s|\.ci)\/[\w./-]*[\w/]/g;
const fence = /^```[^]*?^```$/gm;

/** Finds relative links outside blocks of code, and paths of ours wherever they stand. Pure. */
export function findReferences(text: string): References {
  const links = [...text.replaceAll(fence, '').matchAll(link)].map(([, target = '']) => target);
  return {
    links: links.filter((target) => !/^[a-z]+:/.test(target)),
    paths: [...text.matchAll(ownPath)].map(([path]) => path),
  };
}

/** The anchors of the headings, as GitHub makes them. Pure. */
export function headingAnchors(text: string): string[] {
  const headings = text.replaceAll(fence, '').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
