package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.MachineSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Input for the guest's console: a script that is known from the start, and bytes that other threads type.
///
/// The script follows a rule in virtual time: its next byte is offered at the first slice boundary at which the guest
/// has read all earlier bytes, the interval since the last byte has passed, and the guest has printed what the script
/// waits for. Typed bytes are offered at the next boundary with room for them, when the script is over.
public final class ConsoleInput {

    private final ScriptProgress script;

    private final AtomicLong untyped = new AtomicLong();
    private final Queue<Bytes> typed = new ConcurrentLinkedQueue<>();
    private final Deque<Byte> waiting = new ArrayDeque<>();

    public ConsoleInput(ConsoleScript script, MachineSpec spec) {
        this.script = new ScriptProgress(script, spec.board().inputInterval());
    }

    /// Accepts bytes from any thread.
    public void type(Bytes bytes) {
        untyped.addAndGet(bytes.size());
        typed.add(bytes);
    }

    /// How many typed bytes wait for the receiver. For any thread.
    public long untyped() {
        return untyped.get();
    }

    /// The progress of the script.
    ScriptProgress script() {
        return script;
    }

    /// The bytes to receive at this slice boundary.
    ///
    /// @param room how many bytes the receiver accepts
    /// @param empty whether the guest has read all earlier bytes
    /// @return null if nothing
    @Nullable
    Bytes offer(long now, int room, boolean empty) {
        if (!script.isOver()) {
            return script.offer(now, empty);
        }
        if (typed.isEmpty() && waiting.isEmpty()) {
            return null;
        }
        return room == 0 ? null : takeTyped(room);
    }

    private @Nullable Bytes takeTyped(int room) {
        for (Bytes more = typed.poll(); more != null; more = typed.poll()) {
            for (int i = 0; i < more.size(); i++) {
                waiting.add(more.at(i));
            }
        }
        byte[] taken = new byte[Math.min(room, waiting.size())];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = waiting.remove();
        }
        untyped.addAndGet(-taken.length);
        return taken.length == 0 ? null : Bytes.copyOf(taken);
    }
}
