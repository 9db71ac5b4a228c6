package dev.trapline.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.choice.CallKey;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.board.boot.ElfImage;
import dev.trapline.board.boot.ImageException;
import dev.trapline.board.boot.Symbols;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import dev.trapline.machine.text.HypercallText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Where the vCPUs of a run stood when their turns began and ended, and where they made their calls: in which function
/// of the guest, and behind which call. To see it, the run is had once more.
public final class Scenes {

    /// x30 has the address behind the call of the function (AAPCS64 §6.1.1).
    private static final int LINK = 30;

    private final HypercallText names;
    private final Symbols symbols;
    private final boolean isA64;
    private final SortedMap<ChoicePoint, String> lefts = new TreeMap<>();
    private final SortedMap<ChoicePoint, String> nexts = new TreeMap<>();
    private final SortedMap<CallKey, String> faulted = new TreeMap<>();
    private final Deque<String> calls = new ArrayDeque<>();

    private Scenes(Subject subject) {
        this.names = subject.names();
        this.symbols = symbols(subject);
        this.isA64 = subject.spec().cpus().width() == Width.AARCH64;
    }

    private static Symbols symbols(Subject subject) {
        try {
            return Symbols.of(subject.images());
        } catch (ImageException _) {
            // A machine runs with damaged symbols as well.
            return Symbols.NONE;
        }
    }

    /// Those of an explored run.
    ///
    /// @param own its choices behind the starting point
    public static Scenes of(EngineFactory engines, Subject subject, Oracle oracle, Choices own) {
        Scenes scenes = new Scenes(subject);
        Notes notes = scenes.new Notes();
        try (TrialMachine machine = new TrialMachine(engines, subject, oracle, (_, _) -> {}, notes)) {
            machine.run(scenes.new Watched(own, machine, notes));
        }
        return scenes;
    }

    /// Those of what is left of a recorded run.
    public static Scenes of(EngineFactory engines, RecordedRun run, Oracle oracle, Minimum minimum) {
        return of(engines, run.subject(), oracle, run.choices(minimum));
    }

    /// What is said about the vCPU whose turn is over, as in ` in hvc+0x4 (called from boot+0x20), behind its HVC
    /// PSCI_CPU_ON(target_cpu=0x1, ...) = SUCCESS`; empty if nothing is known.
    String left(ChoicePoint asked) {
        return lefts.getOrDefault(asked, "");
    }

    /// What is said about the vCPU whose turn begins, as in ` from boot+0x8`; empty if nothing is known.
    String next(ChoicePoint asked) {
        return nexts.getOrDefault(asked, "");
    }

    /// Where a call with a fault was made, as in ` (in hvc, called from boot+0x20)`; empty if nothing is known.
    String fault(CallKey call) {
        return faulted.getOrDefault(call, "");
    }

    /// The last calls of the run, each with the place where it was made.
    ///
    /// @param last oldest first, at most [RunReport#CALLS_SHOWN]
    public List<String> places(List<String> last) {
        List<String> placed = new ArrayList<>();
        Iterator<String> places = calls.descendingIterator();
        for (String call : last.reversed()) {
            placed.addFirst(places.hasNext() ? call + places.next() : call);
        }
        return placed;
    }

    /// The place that a function returns to, if x30 still has it. That is so unless the function has called another
    /// one: then x30 points into the function itself.
    private ElfImage.@Nullable Location caller(ElfImage.Location function, GeneralRegisters registers) {
        ElfImage.Location caller = isA64 ? symbols.at(registers.x(LINK)) : null;
        return caller == null || caller.symbol().equals(function.symbol()) ? null : caller;
    }

    private String placeOf(HypercallExit call) {
        ElfImage.Location function = symbols.at(call.pc());
        if (function == null) {
            return "";
        }
        ElfImage.Location caller = caller(function, call.registers());
        return " (in " + function + (caller == null ? "" : ", called from " + caller) + ")";
    }

    /// Notes the calls, and which vCPUs have executed nothing since.
    private final class Notes implements History {

        private final SortedMap<Integer, String> justMade = new TreeMap<>();
        private JournalRecord.@Nullable Slice slice;

        @Override
        public void append(JournalRecord record) {
            if (record instanceof JournalRecord.Slice ended) {
                slice = ended;
                justMade.remove(ended.vcpu().index());
            } else if (record instanceof JournalRecord.Answer answer
                    && slice != null
                    && slice.exit() instanceof HypercallExit exit) {
                justMade.put(slice.vcpu().index(), text(exit, answer));
                calls.add(placeOf(exit));
                if (calls.size() > RunReport.CALLS_SHOWN) {
                    calls.remove();
                }
            }
        }

        private String text(HypercallExit exit, JournalRecord.Answer answer) {
            List<String> arguments = names.arguments(exit);
            String result = answer.registers().count() == 0 ? "" : " = " + names.result(exit, answer.registers());
            return exit.conduit() + " " + names.name(exit) + "("
                    + (arguments.isEmpty() ? "" : arguments.getFirst())
                    + (arguments.size() > 1 ? ", ..." : "") + ")" + result;
        }

        /// The call behind which a vCPU stands; null if it has executed something since.
        @Nullable
        String of(VcpuId vcpu) {
            return justMade.get(vcpu.index());
        }

        @Override
        public CompletionStage<Void> close() {
            return CompletableFuture.completedFuture(null);
        }
    }

    /// Looks at the vCPUs when a turn is chosen.
    private final class Watched extends DelegatingChoices {

        private final TrialMachine machine;
        private final Notes notes;

        Watched(Choices own, TrialMachine machine, Notes notes) {
            super(own);
            this.machine = machine;
            this.notes = notes;
        }

        @Override
        public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
            Turn turn = super.turn(asked, ready, byDefault);
            if (!turn.equals(byDefault)) {
                String call = notes.of(asked.after());
                lefts.put(asked, place("in", asked.after()) + (call == null ? "" : ", behind its " + call));
                nexts.put(asked, place("from", turn.vcpu()));
            }
            return turn;
        }

        /// Where a vCPU is. Behind a call, that is mostly a function which only makes calls: then its caller is
        /// what people want to know.
        private String place(String word, VcpuId vcpu) {
            GeneralRegisters registers = machine.machine().registers(vcpu);
            ElfImage.Location function = registers == null ? null : symbols.at(registers.pc());
            if (registers == null || function == null) {
                return "";
            }
            ElfImage.Location caller = notes.of(vcpu) == null ? null : caller(function, registers);
            return " " + word + " " + function + (caller == null ? "" : " (called from " + caller + ")");
        }

        @Override
        public @Nullable CallFault fault(Call asked) {
            CallFault fault = super.fault(asked);
            if (fault != null) {
                faulted.put(asked.key(), placeOf(asked.exit()));
            }
            return fault;
        }
    }
}
