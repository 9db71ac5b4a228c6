package dev.trapline.machine;

/// Receives the output of the guest's console.
@FunctionalInterface
public interface ConsoleOutput {

    /// Receives the output of one slice. Called on the machine's thread: blocking here blocks the machine.
    ///
    /// @param bytes owned by the machine: must be read before returning
    /// @param length how many of them count
    void write(byte[] bytes, int length);
}
