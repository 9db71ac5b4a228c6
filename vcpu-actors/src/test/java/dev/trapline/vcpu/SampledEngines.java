package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Engines of a machine that compare parts of slices with single steps from the same position.
///
/// A part is run three times: by the engine itself, by a new engine of the same kind, and in single steps by an engine
/// without shortcuts. The machine sees only the first run: devices are accessed once, and memory is restored.
final class SampledEngines implements EngineFactory {

    private final EngineFactory engines;
    private final EngineFactory plain;
    private final SampledMemory world = new SampledMemory();
    private final Map<Integer, Sample> plan = new TreeMap<>();
    private final List<Long> lengths = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private int compared;
    private int cutByExits;

    /// A part to compare.
    ///
    /// @param place the number of instructions of the slice before it
    /// @param budget its largest number of instructions
    record Sample(long place, long budget) {}

    /// The state after a part.
    private record Seen(String text, Bytes state) {}

    /// @param engines the engines of the machine
    /// @param plain the engines for single steps
    SampledEngines(EngineFactory engines, EngineFactory plain) {
        this.engines = engines;
        this.plain = plain;
    }

    /// Adds a part of a slice to compare.
    ///
    /// @param slice the slice's number, from 0, in order of execution
    void compare(int slice, Sample sample) {
        plan.put(slice, sample);
    }

    /// The number of executed instructions of each slice.
    List<Long> lengths() {
        return lengths;
    }

    /// The differences from single steps.
    List<String> differences() {
        return differences;
    }

    /// The number of compared parts.
    int compared() {
        return compared;
    }

    /// The number of these that ended before their budget was used up.
    int cutByExits() {
        return cutByExits;
    }

    @Override
    public Engine open(EngineSpec spec) {
        EngineSpec watched = world.watch(spec);
        Engine engine = engines.open(watched);
        long[] last = new long[2];
        // All methods except three are the engine's.
        return (Engine) Proxy.newProxyInstance(
                Engine.class.getClassLoader(),
                new Class<?>[] {Engine.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "run" ->
                        run(engine, watched, (long) arguments[0], (long) arguments[1], (long) arguments[2], last);
                    case "executed" -> last[0];
                    case "shown" -> last[1];
                    default -> {
                        try {
                            yield method.invoke(engine, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }

    /// Runs a slice, in three parts if a part of it is compared.
    ///
    /// @param last receives the number of executed instructions, and the highest time that was read
    private Exit run(Engine engine, EngineSpec spec, long budget, long now, long shown, long[] last) {
        Sample sample = plan.get(lengths.size());
        last[0] = 0;
        last[1] = shown;
        Exit exit = Exit.BudgetUsed.INSTANCE;
        if (sample != null && sample.place() < budget) {
            if (sample.place() > 0) {
                exit = part(engine, sample.place(), now, last);
            }
            if (exit instanceof Exit.BudgetUsed && last[0] < budget) {
                exit = compare(engine, spec, Math.min(sample.budget(), budget - last[0]), now, last);
            }
        }
        if (exit instanceof Exit.BudgetUsed && last[0] < budget) {
            exit = part(engine, budget - last[0], now, last);
        }
        lengths.add(last[0]);
        return exit;
    }

    private static Exit part(Engine engine, long budget, long now, long[] last) {
        Exit exit = engine.run(budget, now + last[0], last[1]);
        last[0] += engine.executed();
        last[1] = engine.shown();
        return exit;
    }

    private Exit compare(Engine engine, EngineSpec spec, long budget, long now, long[] last) {
        Bytes state = engine.save();
        long begin = now + last[0];
        long shown = last[1];
        world.begin();
        Exit exit = part(engine, budget, now, last);
        Seen mine = look(engine, exit, engine.executed(), engine.shown());
        world.end();
        String what = "slice " + lengths.size() + ", budget " + budget;
        check(what + ", in a new engine", mine, again(engines, spec, state, budget, budget, begin, shown));
        check(what + ", in steps", mine, again(plain, spec, state, budget, 1, begin, shown));
        compared++;
        cutByExits += exit instanceof Exit.BudgetUsed ? 0 : 1;
        return exit;
    }

    private void check(String what, Seen mine, Seen other) {
        if (!mine.equals(other)) {
            differences.add(what + "\n" + mine.text() + "\n" + other.text()
                    + (mine.state().equals(other.state()) ? "" : "\nother state"));
        }
    }

    /// Runs the same part again, in steps of one length.
    private Seen again(
            EngineFactory factory, EngineSpec spec, Bytes state, long budget, long length, long begin, long shown) {
        world.rewind();
        try (Engine engine = factory.open(spec)) {
            engine.load(state);
            long[] last = {0, shown};
            Exit exit = Exit.BudgetUsed.INSTANCE;
            while (last[0] < budget && exit instanceof Exit.BudgetUsed) {
                exit = part(engine, Math.min(length, budget - last[0]), begin, last);
            }
            return look(engine, exit, last[0], last[1]);
        } finally {
            world.restore();
        }
    }

    private Seen look(Engine engine, Exit exit, long executed, long shown) {
        long[] registers = new long[GeneralRegisters.COUNT];
        engine.readRegisters(registers);
        StringBuilder text = new StringBuilder(exit.toString());
        text.append(", executed ").append(executed).append(", shown ").append(shown);
        for (CpuTimer timer : CpuTimer.values()) {
            text.append(", ").append(timer).append(" at ").append(engine.deadline(timer));
        }
        text.append(", all registers ").append(Long.toHexString(engine.fullDigest()));
        text.append(", memory and devices ").append(world.seen());
        for (int n = 0; n < registers.length; n++) {
            text.append(' ').append(n).append('=').append(Long.toHexString(registers[n]));
        }
        return new Seen(text.toString(), engine.save());
    }

    @Override
    public EngineLibrary library() {
        return engines.library();
    }

    @Override
    public MemorySegment allocateMemory(long bytes, Arena arena) {
        return engines.allocateMemory(bytes, arena);
    }
}
