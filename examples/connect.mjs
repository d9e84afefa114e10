// Asks the proxy without our elements. Nothing listens at this address, and the error says so.
import { connect } from 'halo-remote-support';

const proxy = connect({ proxy: 'http://127.0.0.1:9' });
try {
  console.log(await proxy.me());
} catch ({ code, message, retryable }) {
  console.log(code, retryable, message);
}

// Prints:
// proxy_unreachable true http://127.0.0.1:9/api/v1/ cannot be reached.
