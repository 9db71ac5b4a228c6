package dev.trapline.abi.history;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Keeps nothing, knows nothing, and always has credit.
enum NoHistory implements History {
    INSTANCE;

    @Override
    public void append(JournalRecord record) {}

    @Override
    public boolean hasCredit() {
        return true;
    }

    @Override
    public void onCredit(Runnable callback) {}

    @Override
    public @Nullable String failure() {
        return null;
    }

    @Override
    public CompletionStage<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
