package dev.trapline.abi.file;

import java.io.IOException;

/// How one waits for somebody else: for what a pipe brings, a server answers, or foreign code does. Trapline's own work
/// is no waiting, however long it takes.
public interface Waiting {

    /// As long as it takes.
    Waiting UNLIMITED = new Waiting() {
        @Override
        public <T> T during(String what, Wait<T> wait) throws IOException {
            return wait.result();
        }
    };

    /// What has to be waited for.
    ///
    /// @param <T> what comes of it
    @FunctionalInterface
    interface Wait<T> {

        /// Waits.
        T result() throws IOException;
    }

    /// Waits.
    ///
    /// @param what is waited for, for people: `the pipe /dev/stdin`
    <T> T during(String what, Wait<T> wait) throws IOException;
}
