package dev.trapline.journal.store;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;

/// Makes connections that fail where an answer has no end. The driver keeps all rows and notices of an answer, so a
/// server that goes on sending would take all memory. What is read by them is one event at a time: a segment.
///
/// The driver makes it by its name, and uses nothing of it but sockets that are not connected yet.
public final class AnswerLimit extends SocketFactory {

    /// An answer is too long.
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        private TooLongException() {
            super("the answer has more than 64 MiB");
        }
    }

    private static final long MOST = 64L << 20;

    /// Made by the driver.
    public AnswerLimit() {}

    @Override
    public Socket createSocket() {
        return new Limited();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException();
    }

    private static final class Limited extends Socket {

        /// Bytes that came since something was sent.
        private final AtomicLong came = new AtomicLong();

        @Override
        public InputStream getInputStream() throws IOException {
            return new Answers(super.getInputStream(), came);
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new Questions(super.getOutputStream(), came);
        }
    }

    private static final class Answers extends FilterInputStream {
        private final AtomicLong came;

        private Answers(InputStream in, AtomicLong came) {
            super(in);
            this.came = came;
        }

        @Override
        public int read() throws IOException {
            return (int) counted(in.read(), 1);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = in.read(bytes, from, length);
            return (int) counted(read, read);
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = in.skip(bytes);
            return counted(skipped, skipped);
        }

        private long counted(long result, long bytes) throws IOException {
            if (result > 0 && came.addAndGet(bytes) > MOST) {
                throw new TooLongException();
            }
            return result;
        }
    }

    private static final class Questions extends FilterOutputStream {
        private final AtomicLong came;

        private Questions(OutputStream out, AtomicLong came) {
            super(out);
            this.came = came;
        }

        @Override
        public void write(int b) throws IOException {
            came.set(0);
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            came.set(0);
            out.write(bytes, from, length);
        }
    }
}
