//! Sockets for tests: both ends of a connection through the system.

use tokio::net::{TcpSocket, TcpStream};

/// The least that the system keeps of what is written, so that a socket blocks early.
pub(crate) const SEND_BUFFER_BYTES: u32 = 4_096;

/// The client's end and the server's.
pub(crate) async fn pair() -> (TcpStream, TcpStream) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(SEND_BUFFER_BYTES).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let client = TcpSocket::new_v4().unwrap();
    client.set_recv_buffer_size(SEND_BUFFER_BYTES).unwrap();
    let address = listener.local_addr().unwrap();
    let (client, server) = tokio::join!(client.connect(address), listener.accept());
    (client.unwrap(), server.unwrap().0)
}
