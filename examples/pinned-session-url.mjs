// The link that opens an asset's device in the representative console.
import init, { pinnedSessionUrl } from 'halo-remote-support';

await init();
console.log(pinnedSessionUrl('https://support.example.com', 'BR LT/0148 #2', { externalKey: '1161.7K3M9QX2DH' }));
try {
  pinnedSessionUrl('https://support.example.com', '${INVENTORY_NUMBER}');
} catch ({ code, message, advice, retryable }) {
  console.log(code, retryable);
  console.log(message, advice);
}

// Prints:
// https://support.example.com/api/client_script?type=rep&operation=generate&action=start_jump_item_session&jump.method=pinned&search_string=BR%20LT%2F0148%20%232&session.custom.external_key=1161.7K3M9QX2DH
// search_unsubstituted false
// Halo did not fill in the variable ${INVENTORY_NUMBER}. An administrator can correct the variable in the URL of the custom tab or button in Halo. Then open it again.
