// A chat as the Socket.IO documentation builds one: rooms, acknowledgements, and recovery of lost connections.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, {
    transports: ["websocket"],
    // The waits of the system that it is compared with.
    pingInterval: 400,
    pingTimeout: 1000,
    connectionStateRecovery: { maxDisconnectionDuration: 2 * 60 * 1000, skipMiddlewares: true },
});

io.on("connection", (socket) => {
    socket.on("join", (room, done) => {
        socket.join(room);
        done();
    });
    socket.on("say", (room, text, done) => {
        io.to(room).emit("said", room, text);
        done();
    });
});

http.listen(0, "127.0.0.1", () => console.log(`listening on ${http.address().port}`));
process.on("SIGTERM", () => io.close(() => process.exit(0)));
