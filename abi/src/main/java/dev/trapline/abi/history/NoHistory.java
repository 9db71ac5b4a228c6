package dev.trapline.abi.history;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Keeps nothing, knows nothing, and always has credit.
enum NoHistory implements History {
    INSTANCE;

    @Override
    public void append(JournalRecord record) {}

    @Override
    public CompletionStage<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
