// One address per type of page, for what all pages must hold to. `as`: the account that sees it.
export const types = [
    { name: 'front', path: '/' },
    { name: 'law', path: '/law' },
    { name: 'law-matrix', path: '/law/matrix?region=Europe' },
    { name: 'law-one', path: '/law/CA' },
    { name: 'law-floor', path: '/law/PT' },
    { name: 'law-terms', path: '/law/gmail' },
    { name: 'law-compare', path: '/law/compare?law=CA&law=US&law=DE' },
    { name: 'law-between', path: '/law/between?from=DE&to=CA' },
    { name: 'law-diff', path: '/law/diff?law=GB&from=2026-02-04&to=2026-02-05' },
    { name: 'law-check', path: '/law/check' },
    { name: 'law-receipt', path: '/law/receipt' },
    { name: 'not-found', path: '/no/such/page', status: 404 },
];
