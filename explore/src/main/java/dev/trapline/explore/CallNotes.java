package dev.trapline.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.StepMachine;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import dev.trapline.machine.text.HypercallText;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Notes in which states a machine's calls are made: what it is asked about a call shows the state before it, and what
/// it records shows the result.
final class CallNotes {

    private static final int MOST_SEEN = 1_000;

    /// How the parameters are called that name a vCPU.
    private static final String TARGET = "target_";

    private final HypercallText names;
    private final MachineTopology topology;
    /// The number of the argument that names a vCPU, by the identifiers of functions.
    private final Map<Integer, Integer> targets = new TreeMap<>();
    private final SortedSet<CallInState> known = new TreeSet<>();
    private SortedSet<CallInState> fresh = new TreeSet<>();
    /// Calls that are known, so that those that are made again and again take no time.
    private final Set<Seen> seen = new LinkedHashSet<>();
    private @Nullable HypercallExit call;
    private String state = "";

    /// A call as numbers.
    ///
    /// @param answers whether x0 is written
    private record Seen(int function, int immediate, String state, boolean answers, long x0) {}

    CallNotes(Subject subject) {
        names = subject.names();
        topology = subject.spec().cpus().topology();
        for (ServiceDescriptor service : subject.descriptors()) {
            for (ServiceDescriptor.Function each : service.functions()) {
                for (int k = Math.min(each.parameters().size(), SmcccCall.ARGUMENTS_32); k > 0; k--) {
                    if (each.parameters().get(k - 1).startsWith(TARGET)) {
                        targets.put(each.id().value(), k);
                    }
                }
            }
        }
    }

    /// The calls that are new since the last time.
    SortedSet<CallInState> take() {
        SortedSet<CallInState> taken = fresh;
        if (!taken.isEmpty()) {
            fresh = new TreeSet<>();
        }
        return taken;
    }

    private void made(Choices.Call asked, StepMachine machine) {
        HypercallExit exit = asked.exit();
        call = exit;
        Integer target = exit.immediate() == 0 ? targets.get(FunctionId.withoutSveHint(idOf(exit))) : null;
        state = target == null
                ? stateOf(asked.caller(), machine)
                : stateOfTarget(new SmcccCall(exit).argument(target), machine);
    }

    private static int idOf(HypercallExit exit) {
        return (int) exit.registers().x(0);
    }

    private static String stateOf(VcpuId caller, StepMachine machine) {
        for (RunReport.OpenHandler handler : machine.openHandlers()) {
            if (handler.vcpu().equals(caller)) {
                return "caller in a handler";
            }
        }
        return "caller on";
    }

    private String stateOfTarget(long affinity, StepMachine machine) {
        VcpuId target = topology.find(affinity);
        return target == null
                ? "no target"
                : "target " + machine.states().get(target.index()).description();
    }

    private void answered(RegisterWrites registers) {
        HypercallExit exit = call;
        call = null;
        if (exit == null) {
            return;
        }
        boolean answers = (registers.mask() & 1) != 0;
        long x0 = answers ? registers.value(0) : 0;
        Seen numbers = new Seen(idOf(exit), exit.immediate(), state, answers, x0);
        if (seen.contains(numbers)) {
            return;
        }
        if (seen.size() < MOST_SEEN) {
            seen.add(numbers);
        }
        String function = Objects.requireNonNullElse(names.function(exit), CallInState.OTHER);
        String result =
                !answers ? CallInState.NONE : Objects.requireNonNullElse(names.resultName(exit, x0), CallInState.VALUE);
        CallInState note = new CallInState(function, state, result);
        if (known.add(note)) {
            fresh.add(note);
        }
    }

    /// Choices that note calls.
    Choices watching(Choices others, StepMachine machine) {
        call = null;
        return new DelegatingChoices(others) {
            @Override
            public @Nullable CallFault fault(Call asked) {
                made(asked, machine);
                return super.fault(asked);
            }
        };
    }

    /// A history that notes results.
    ///
    /// @param others gets the records as well; it stores nothing, and refuses nothing
    History watching(History others) {
        return new History() {
            @Override
            public void append(JournalRecord record) {
                if (record instanceof JournalRecord.Answer answer) {
                    answered(answer.registers());
                }
                others.append(record);
            }

            @Override
            public CompletionStage<Void> close() {
                return others.close();
            }
        };
    }
}
