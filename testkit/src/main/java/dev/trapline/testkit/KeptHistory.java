package dev.trapline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A history that keeps its records in memory. A test can make it refuse records.
public class KeptHistory implements History {

    public final List<JournalRecord> records = new ArrayList<>();
    public int closes;
    private Consumer<JournalRecord> refusal = _ -> {};
    private @Nullable RuntimeException closingFailure;

    /// Sets a check of each record before it is kept; it throws to refuse the record.
    public void refuse(Consumer<JournalRecord> looking) {
        refusal = looking;
    }

    /// Makes the close fail, as a failing store does.
    public void failToClose(RuntimeException why) {
        closingFailure = why;
    }

    /// Checks that the last record is the end of the run, the only one, and that the history was closed.
    public void assertEnded() {
        assertThat(records.stream().filter(JournalRecord.End.class::isInstance))
                .as("a run ends once")
                .hasSize(1);
        assertThat(records).last().as("nothing comes after the end").isInstanceOf(JournalRecord.End.class);
        assertThat(closes).as("how often the history was closed").isOne();
    }

    /// A failure of the host is not part of the history: a replay runs up to it.
    public void assertClosedWithoutEnd() {
        assertThat(records).as("the host's failure is not recorded").noneMatch(JournalRecord.End.class::isInstance);
        assertThat(closes).as("how often the history was closed").isOne();
    }

    @Override
    public void append(JournalRecord appended) {
        refusal.accept(appended);
        records.add(appended);
    }

    @Override
    public CompletionStage<Void> close() {
        closes++;
        return CompletableFuture.runAsync(
                () -> {
                    if (closingFailure != null) {
                        throw closingFailure;
                    }
                },
                Runnable::run);
    }
}
