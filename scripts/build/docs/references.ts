/** The references of a document: links as written, and paths from the root of the repository. */
export interface References {
  links: string[];
  paths: string[];
}

const link = /\]\(([^)\s]+)\)/g;
const repositoryPath =
  /(?<![\w./-])(?:services|scripts|load-tests|docs|charts|keda|k8s|\.ci)\/[\w./-]*[\w/]/g;
const fence = /^```[^]*?^```$/gm;

/** Finds relative links outside blocks of code, and paths of this repository anywhere. Pure. */
export function findReferences(text: string): References {
  const links = [...text.replaceAll(fence, '').matchAll(link)].map(([, target = '']) => target);
  return {
    links: links.filter((target) => !/^[a-z]+:/.test(target)),
    paths: [...text.matchAll(repositoryPath)].map(([path]) => path),
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
