/** What a document refers to: links as written, and paths from the root of the repository. */
export interface References {
  links: string[];
  paths: string[];
}

const link = /\]\(([^)\s]+)\)/g;
const inlineCode = /`([^`\n]+)`/g;
const ourPath = /^(?:services|scripts|load-tests|docs|charts|keda|k8s|\.ci)\/[\w./-]*$/;
const fence = /^```[^]*?^```$/gm;

/** Finds relative links, and paths of ours that stand as code; blocks of code are left out. Pure. */
export function findReferences(text: string): References {
  const prose = text.replaceAll(fence, '');
  const links = [...prose.matchAll(link)].map(([, target = '']) => target);
  const codes = [...prose.matchAll(inlineCode)].map(([, code = '']) => code);
  return {
    links: links.filter((target) => !/^[a-z]+:/.test(target)),
    paths: codes.filter((code) => ourPath.test(code)),
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
