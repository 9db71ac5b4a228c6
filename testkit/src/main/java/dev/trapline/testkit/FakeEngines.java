package dev.trapline.testkit;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/// Engines that play a script instead of executing code: entry point N plays script N.
///
/// Every call is written to [#log], so that a test can check the order of calls.
public final class FakeEngines implements EngineFactory {

    /// Plays one slice: gets the registers, may change them, and returns the exit. Any exit other than the used-up
    /// budget happens at the first instruction.
    public interface Step extends Function<long[], Exit> {}

    public static final long ENTRY = 0x4000_0000L;

    /// What [Engine#fullDigest] of every CPU returns.
    public static final long FULL_DIGEST = 1;

    public final List<String> log = new ArrayList<>();
    private final List<List<Step>> scripts = new ArrayList<>();
    private FakeEngine running = new FakeEngine("nobody");

    /// Adds a script. The first is the boot vCPU's, later ones are entered at [#entry].
    public FakeEngines script(Step... steps) {
        scripts.add(List.of(steps));
        return this;
    }

    /// The entry point of a script.
    public static long entry(int script) {
        return ENTRY + 4L * script;
    }

    /// A step that makes an HVC with these values in x0, x1 ...
    public static Step hvc(long... x) {
        return registers -> {
            System.arraycopy(x, 0, registers, 0, x.length);
            return new HypercallExit(
                    Conduit.HVC, 0, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
        };
    }

    public static Step wfi() {
        return _ -> Exit.WaitForInterrupt.INSTANCE;
    }

    /// A step in which the running CPU programs its timer.
    ///
    /// @param deadline the value that [Engine#deadline] of the virtual timer returns from then on
    public Step timer(long deadline, Step then) {
        return registers -> {
            running.timer = deadline;
            return then.apply(registers);
        };
    }

    /// A step in which the running CPU sets its timer to assert a number of ticks later.
    public Step timerIn(long ticks, Step then) {
        return registers -> {
            running.timer = running.now + ticks;
            return then.apply(registers);
        };
    }

    /// A step at the next instruction after a number of other instructions.
    public static Step after(long instructions, Step then) {
        return new Later(instructions, then);
    }

    private record Later(long instructions, Step then) implements Step {
        @Override
        public Exit apply(long[] registers) {
            return then.apply(registers);
        }
    }

    public static Step budget() {
        return _ -> Exit.BudgetUsed.INSTANCE;
    }

    @Override
    public Engine open(EngineSpec spec) {
        log.add("open " + spec.mpidr());
        return new FakeEngine("cpu" + (spec.mpidr().affinity() & 0xff));
    }

    @Override
    public EngineLibrary library() {
        return new EngineLibrary("fake", "1", "0".repeat(64), "a test");
    }

    /// The number of a CPU's script before it has one.
    private static final int NO_SCRIPT = -1;

    /// The position at which a script was left for a handler's script.
    private record Interrupted(int script, int at, long pc, long pstate) {}

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private final class FakeEngine implements Engine {
        private final String name;
        private final long[] registers = new long[GeneralRegisters.COUNT];
        private int script = NO_SCRIPT;
        private int at;
        private long timer = NO_DEADLINE;
        private long now;
        private long executed;
        /// The number of executed instructions before a step.
        private long waited;
        private long shown;
        private final Deque<Interrupted> interrupted = new ArrayDeque<>();

        private FakeEngine(String name) {
            this.name = name;
        }

        @Override
        public Exit run(long budget, long now, long shown) {
            log.add(name + " runs " + budget + " at " + now);
            running = this;
            this.now = now;
            this.shown = shown;
            List<Step> steps = script == NO_SCRIPT ? List.of() : scripts.get(script);
            Step step = at < steps.size() ? steps.get(at) : budget();
            long before = step instanceof Later(long instructions, Step _) ? instructions - waited : 0;
            if (before >= budget) {
                waited += budget;
                executed = budget;
                return Exit.BudgetUsed.INSTANCE;
            }
            waited = 0;
            at++;
            Exit exit = step.apply(registers);
            executed = exit instanceof Exit.BudgetUsed ? budget : before + 1;
            return exit;
        }

        @Override
        public long executed() {
            return executed;
        }

        @Override
        public long shown() {
            return shown;
        }

        @Override
        public long deadline(CpuTimer which) {
            return which == CpuTimer.VIRTUAL ? timer : NO_DEADLINE;
        }

        /// To the position at which a handler's script has interrupted this one, or to the script of a handler.
        @Override
        public void returnFromException(long pc, long pstate) {
            log.add(name + " returns to " + hex(pc) + ", PSTATE " + hex(pstate));
            Interrupted before = interrupted.peek();
            if (before != null && before.pc == pc && before.pstate == pstate) {
                interrupted.pop();
                script = before.script;
                at = before.at;
                registers[GeneralRegisters.PC] = pc;
            } else {
                interrupted.push(new Interrupted(
                        script, at, registers[GeneralRegisters.PC], registers[GeneralRegisters.PSTATE]));
                play(pc, 0);
            }
            registers[GeneralRegisters.PSTATE] = pstate;
        }

        @Override
        public void takeException(ExceptionEntry entry) {
            log.add(name + " takes " + entry);
            if (!(entry instanceof ExceptionEntry.At(long address))) {
                throw new UnsupportedOperationException("a script has no vectors: " + entry);
            }
            play(address, 0);
            registers[GeneralRegisters.PSTATE] = HANDLER_PSTATE;
        }

        @Override
        public void readRegisters(long[] into) {
            System.arraycopy(registers, 0, into, 0, GeneralRegisters.COUNT);
        }

        @Override
        public void readRegisters(long[] into, RegisterWrites pending) {
            readRegisters(into);
            pending.applyTo(into);
        }

        @Override
        public void writeRegisters(RegisterWrites writes) {
            log.add(name + " gets " + writes);
            writes.applyTo(registers);
        }

        @Override
        public void writePc(long address) {
            play(address, at);
        }

        private void play(long address, int from) {
            registers[GeneralRegisters.PC] = address;
            script = (int) (address - ENTRY) / 4;
            at = from;
        }

        @Override
        public void writeDataOrder(DataOrder order) {
            log.add(name + " has data order " + order);
        }

        @Override
        public void readTimers(long[] into) {
            into[0] = timer;
        }

        @Override
        public void writeTimers(long[] from) {
            log.add(name + " has timers again");
            timer = from[0];
        }

        @Override
        public long fullDigest() {
            return FULL_DIGEST;
        }

        @Override
        public void dropTranslations(long address, long length) {
            log.add(name + " drops 0x" + Long.toHexString(address) + "+" + length);
        }

        @Override
        public void maintain(Exit.Maintenance operation) {
            log.add(name + " maintains " + operation.operation());
        }

        /// The positions in the scripts, and the registers. The scripts themselves belong to the factory.
        @Override
        public void save(StateWriter state) {
            state.put(registers);
            state.put(script);
            state.put(at);
            state.put(timer);
            state.put(waited);
            state.put(interrupted.size());
            for (Interrupted each : interrupted) {
                state.put(each.script);
                state.put(each.at);
                state.put(each.pc);
                state.put(each.pstate);
            }
        }

        @Override
        public void load(StateReader state) {
            state.take(registers);
            script = state.takeInt();
            at = state.takeInt();
            timer = state.take();
            waited = state.take();
            for (int left = state.takeInt(); left > 0; left--) {
                interrupted.add(new Interrupted(state.takeInt(), state.takeInt(), state.take(), state.take()));
            }
        }

        @Override
        public void close() {
            log.add(name + " closes");
        }
    }
}
