package dev.trapline.vcpu;

import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A history that keeps all records, and gives credit at random: often none, and later again, from another thread at a
/// random time.
final class UntimelyHistory implements History {

    final List<JournalRecord> records = new ArrayList<>();
    private final Random random;
    private final ScheduledExecutorService otherThread;
    private volatile Runnable callback = () -> {};
    private volatile @Nullable String failure;
    private boolean justRefused;
    int refusals;

    UntimelyHistory(long seed, ScheduledExecutorService otherThread) {
        this.random = new Random(seed);
        this.otherThread = otherThread;
    }

    /// From now on every append fails.
    void fail(String reason) {
        failure = reason;
        callback.run();
    }

    @Override
    public void append(JournalRecord appended) {
        records.add(appended);
    }

    @Override
    public boolean hasCredit() {
        if (!justRefused && random.nextInt(4) == 0) {
            justRefused = true;
            refusals++;
            var _ = otherThread.schedule(() -> callback.run(), random.nextInt(300), TimeUnit.MICROSECONDS);
            return false;
        }
        justRefused = false;
        return true;
    }

    @Override
    public void onCredit(Runnable called) {
        callback = called;
    }

    @Override
    public @Nullable String failure() {
        return failure;
    }

    @Override
    public CompletionStage<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
