import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import express from 'express';
import supertest from 'supertest';
import { eventErrors, requestErrors } from '@event-platform/core/event/errors';
import { createDocsPage } from './docs-page.ts';
import { createDocsRouter } from './docs-route.ts';
import { jsonText } from './docs/json-text.ts';
import { createOpenApiDocument } from './openapi.ts';

const page = createDocsPage(createOpenApiDocument());

describe('the documentation page', () => {
  test('shows every operation, every shape and every code, each at an anchor of its own', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const { paths = {}, components = {} } = createOpenApiDocument();
    for (const path of Object.keys(paths)) expect(page).toContain(`<code>${path}</code>`);
    expect(ids).toEqual(
      expect.arrayContaining([
        ...Object.keys(components.schemas ?? {}).map((name) => `schema-${name}`),
        ...Object.keys(requestErrors),
        ...Object.keys(eventErrors).map((code) => `event-${code}`),
      ]),
    );
  });

  test('links to nothing that it does not hold', () => {
    for (const [, id = ''] of page.matchAll(/href="#([^"]*)"/g))
      expect(page).toContain(` id="${id}"`);
  });

  test('asks for nothing else: no script, no image, no font, no foreign address', () => {
    expect(page).not.toMatch(/<(script|img|link|iframe|object)|@import|url\(| on\w+=| style=/);
    const links = [...page.matchAll(/(?:href|src)="([^"#][^"]*)"/g)].map(([, link]) => link);
    expect(links).toEqual(['/openapi.json']);
  });

  test('escapes what the document holds', () => {
    const document = createOpenApiDocument();
    const evil = `<script>alert("1")</script> \`<b>'&\``;
    document.info.title = evil;
    document.info.description = evil;
    const events = document.paths?.['/events']?.post;
    Object.assign(events ?? {}, { summary: evil, description: evil, operationId: '"><script>' });
    const text = createDocsPage(document);
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<b>');
    expect(text).toContain('<code>&lt;b&gt;&#39;&amp;</code>');
  });
});

test('the page is served under a policy that allows its own style and nothing else', async () => {
  const response = await supertest(express().use(createDocsRouter())).get('/docs').expect(200);
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(response.text) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = String(response.headers['content-security-policy']);
  expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
  expect(policy).not.toContain('unsafe');
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
});

test('examples are JSON, however they are laid out', () => {
  const value = {
    short: [1, 'a"b', null, true, {}],
    long: [{ name: 'x'.repeat(80), nested: { list: [[], [{ a: 1.5 }]] } }],
  };
  expect(JSON.parse(jsonText(value))).toEqual(value);
});
