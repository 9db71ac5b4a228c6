package dev.trapline.machine;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.exit.Exit;
import java.util.ArrayList;
import java.util.List;

/// The engine of a vCPU that has power. Translations fill an engine, so it is replaced by a fresh one in the same state
/// before it is full. A guest cannot notice that, unless it has omitted maintenance.
final class RenewableEngine {

    private static final long NOWHERE = Long.MAX_VALUE;

    private final EngineFactory engines;
    private final EngineSpec spec;
    private Engine engine;
    private long executed;
    private List<Long> renewed = List.of();
    /// Whether the engine has not run yet.
    private boolean fresh = true;

    RenewableEngine(EngineFactory engines, EngineSpec spec) {
        this.engines = engines;
        this.spec = spec;
        this.engine = engines.open(spec);
    }

    /// The current engine. It must not be kept across a run.
    Engine now() {
        return engine;
    }

    /// Runs a slice, in pieces that are too short to fill an engine. A guest cannot notice the pieces.
    Exit run(VcpuCommand.Grant slice) {
        Renewals renewals = slice.renewals();
        executed = 0;
        renewed = List.of();
        long shown = slice.shown();
        int next = 0;
        while (true) {
            long place = next < renewals.recorded().size() ? renewals.recorded().get(next) : NOWHERE;
            if (place <= executed) {
                next++;
                renew();
                continue;
            }
            renewIfNeeded(renewals.asNeeded() && place == NOWHERE);
            fresh = false;
            Exit exit = engine.run(Math.min(piece(slice.budget()), place - executed), slice.begins() + executed, shown);
            executed += engine.executed();
            shown = engine.shown();
            if (executed >= slice.budget() || !(exit instanceof Exit.BudgetUsed)) {
                return exit;
            }
        }
    }

    /// Brings the CPU back to its state at power-on.
    void restart() {
        if (!engine.restart()) {
            Engine other = engines.open(spec);
            engine.close();
            engine = other;
            fresh = true;
        }
    }

    private long piece(long budget) {
        // Pieces end at the same places whatever else divides the slice.
        long room = engine.roomBudget();
        return Math.min(budget - executed, room - executed % room);
    }

    private void renewIfNeeded(boolean decides) {
        switch (engine.room()) {
            case AMPLE -> {}
            case SCARCE -> {
                if (decides) {
                    note(executed);
                    renew();
                }
            }
            case NONE -> {
                // In a replay: this library needs more room than the recorded run's. The digests decide.
                if (decides) {
                    note(executed);
                }
                renew();
            }
        }
    }

    private void note(long done) {
        if (renewed.isEmpty()) {
            renewed = new ArrayList<>();
        }
        renewed.add(done);
    }

    /// Replaces the engine by a fresh one in the same state.
    void renew() {
        if (fresh) {
            return;
        }
        Engine old = engine;
        Engine other = engines.open(spec);
        boolean taken = false;
        try {
            other.load(old.save());
            engine = other;
            fresh = true;
            taken = true;
        } finally {
            (taken ? old : other).close();
        }
    }

    /// How many instructions the last slice completed.
    long executed() {
        return executed;
    }

    /// After how many instructions of the last slice the engine was replaced at its own request.
    List<Long> renewed() {
        return renewed;
    }

    void close() {
        engine.close();
    }
}
