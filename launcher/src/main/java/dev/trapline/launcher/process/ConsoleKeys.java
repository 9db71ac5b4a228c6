package dev.trapline.launcher.process;

import dev.trapline.abi.Bytes;
import dev.trapline.vcpu.MachineRun;
import java.io.IOException;
import java.io.InputStream;

/// Copies standard input to the guest's console, on a thread of its own, because a read may block for ever.
final class ConsoleKeys {

    /// Ctrl-]: ends the run from a terminal in raw mode, where Ctrl-C is the guest's.
    static final byte ESCAPE = 0x1d;

    private static final int CHUNK = 4096;
    private static final long MOST_UNTYPED = 1 << 16;
    private static final long PATIENCE_MILLIS = 10;

    private ConsoleKeys() {}

    /// Begins to copy.
    ///
    /// @param terminal whether the escape key counts: a file or a pipe may hold any byte
    /// @param escape called when it was pressed
    static void carry(InputStream in, MachineRun run, boolean terminal, Runnable escape) {
        OwnThreads.builder("console-input").start(() -> carryAll(in, run, terminal, escape));
    }

    private static void carryAll(InputStream in, MachineRun run, boolean terminal, Runnable escape) {
        byte[] bytes = new byte[CHUNK];
        try {
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                int end = terminal ? indexOfEscape(bytes, length) : length;
                if (end > 0) {
                    run.type(Bytes.copyOf(bytes, 0, end));
                }
                if (end < length) {
                    escape.run();
                    return;
                }
                waitForRoom(run, terminal);
            }
        } catch (IOException _) {
            // Standard input is closed, or cannot be read: the guest gets no more input, as from an idle terminal.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    // A pipe may be endless. A user types few keys, and the escape key must always be noticed.
    private static void waitForRoom(MachineRun run, boolean terminal) throws InterruptedException {
        while (!terminal && run.untyped() > MOST_UNTYPED) {
            // SLEEP: there is no notification when the guest takes a byte, and a short delay does no harm.
            Thread.sleep(PATIENCE_MILLIS);
        }
    }

    private static int indexOfEscape(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == ESCAPE) {
                return i;
            }
        }
        return length;
    }
}
