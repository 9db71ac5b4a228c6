package dev.trapline.machine;

/// Where the guest's console goes.
@FunctionalInterface
public interface ConsoleOutput {

    /// Takes what the guest printed in one slice. Called on the machine's thread: to block here blocks the
    /// machine.
    ///
    /// @param bytes owned by the machine: read before returning
    /// @param length how many of them count
    void write(byte[] bytes, int length);
}
