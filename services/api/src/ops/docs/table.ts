import { html, type Html } from './html.ts';

/** A table that scrolls by itself where the screen is narrow. */
export function table(heads: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="table">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th>${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
