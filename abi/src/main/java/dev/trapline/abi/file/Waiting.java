package dev.trapline.abi.file;

import java.io.IOException;

/// How to wait for others: for the content of a pipe, a server's answer, or foreign code. Trapline's own work is not
/// waiting, however long it takes.
public interface Waiting {

    /// Without a limit.
    Waiting UNLIMITED = new Waiting() {
        @Override
        public <T> T during(String what, Wait<T> wait) throws IOException {
            return wait.result();
        }
    };

    /// The work to wait for.
    ///
    /// @param <T> the type of its result
    @FunctionalInterface
    interface Wait<T> {

        /// Waits.
        T result() throws IOException;
    }

    /// Waits.
    ///
    /// @param what the name of what is waited for, for messages: `the pipe /dev/stdin`
    <T> T during(String what, Wait<T> wait) throws IOException;
}
