package dev.trapline.junit;

import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.text.HypercallText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Notes what a test may ask about a run: its console and its calls.
final class RunNotes implements History, ConsoleOutput {

    /// Of a guest that calls without end, the rest is not noted.
    private static final int MOST_CALLS = 100_000;

    private final HypercallText names;
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final List<GuestCall> calls = new ArrayList<>();
    private JournalRecord.@Nullable Slice last;

    RunNotes(List<ServiceDescriptor> services) {
        this.names = new HypercallText(services);
    }

    /// The next run begins.
    void clear() {
        console.reset();
        calls.clear();
        last = null;
    }

    String console() {
        return console.toString(StandardCharsets.UTF_8);
    }

    List<GuestCall> calls() {
        return calls;
    }

    @Override
    public void write(byte[] bytes, int count) {
        console.write(bytes, 0, count);
    }

    @Override
    public void append(JournalRecord record) {
        if (record instanceof JournalRecord.Slice slice) {
            last = slice;
        } else if (record instanceof JournalRecord.Answer answer
                && last != null
                && last.exit() instanceof HypercallExit exit
                && calls.size() < MOST_CALLS) {
            calls.add(
                    new GuestCall(last.vcpu(), names.name(exit), exit, answer, names.line(last.vcpu(), exit, answer)));
        }
    }

    @Override
    public CompletionStage<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
