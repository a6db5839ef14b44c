// A room is a room of Socket.IO; what a member sends goes to everybody in it.
const http = require('http').createServer();
const { Server } = require('socket.io');

const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false });

server.on('connection', (socket) => {
  let room;
  socket.on('join', (name) => {
    room = name;
    socket.join(name);
    socket.emit('joined');
  });
  socket.on('message', (text) => server.to(room).emit('message', text));
});

http.listen(0, '127.0.0.1', 1024, () => console.log(`socket.io on tcp://127.0.0.1:${http.address().port}`));
