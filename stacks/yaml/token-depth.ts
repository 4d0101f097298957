import type { CST } from 'yaml';

/** How deep collections nest below `token`, and where the deepest starts. Walks without recursion, before anything recurses. */
export function depthOf(token: CST.Token | undefined): { readonly levels: number; readonly offset: number } {
  let deepest = { levels: 0, offset: token?.offset ?? 0 };
  const open = token === undefined ? [] : [{ token, levels: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const children = childTokens(next.token);
    const levels = next.levels + (isCollection(next.token) ? 1 : 0);
    if (levels > deepest.levels) deepest = { levels, offset: next.token.offset };
    for (const child of children) open.push({ token: child, levels });
  }
  return deepest;
}

function isCollection(token: CST.Token): token is CST.BlockMap | CST.BlockSequence | CST.FlowCollection {
  return token.type === 'block-map' || token.type === 'block-seq' || token.type === 'flow-collection';
}

function childTokens(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!isCollection(token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((child) => child !== undefined && child !== null));
}
