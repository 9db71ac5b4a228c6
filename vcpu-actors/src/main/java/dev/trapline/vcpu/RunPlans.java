package dev.trapline.vcpu;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.machine.MachineAssembly;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.ConsoleInput;
import dev.trapline.machine.choice.NetworkedChoices;
import dev.trapline.machine.choice.OperatorChoices;
import dev.trapline.machine.choice.PlannedFaults;
import dev.trapline.machine.choice.PlannedInjections;
import dev.trapline.machine.choice.Requests;
import dev.trapline.machine.choice.SeededEntropy;
import dev.trapline.machine.network.SwitchPort;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What is planned for a run before its start: everything that could be otherwise and does not depend on the machine.
final class RunPlans {

    final List<PlannedInjection> injections = new ArrayList<>();
    ConsoleScript script = ConsoleScript.NONE;
    FaultPlan faults = FaultPlan.NONE;
    /// Null for a generator that uses the machine's seed.
    @Nullable
    EntropySource entropy;
    /// The embedding program's choices around the planned ones.
    UnaryOperator<Choices> choices = UnaryOperator.identity();

    /// Checks that a machine can do what is planned.
    ///
    /// @param replay whether it takes everything from a recording
    /// @throws IllegalArgumentException if it cannot
    void requirePossible(MachineAssembly assembly, MachineSpec spec, boolean replay) {
        injections.forEach(injection -> assembly.requireInjectable(injection.what()));
        if (!replay && !faults.isEmpty() && !spec.run().faults()) {
            throw new IllegalArgumentException(
                    "the recording was made without faults: it cannot be continued with some");
        }
        if (!replay && faults.hasDefects() && !spec.run().defects()) {
            throw new IllegalArgumentException(
                    "the recording was made without defects of devices: it cannot be continued with some");
        }
        assembly.requirePossible(faults);
    }

    /// The choices of the run.
    ///
    /// @param input the script's, and what the user types
    /// @param port the machine's network; null if it has none
    Choices choices(MachineSpec spec, ConsoleInput input, Requests requests, @Nullable SwitchPort port) {
        long seed = spec.schedule().seed();
        Choices operator = new OperatorChoices(
                requests,
                input,
                new PlannedInjections(injections),
                entropy == null ? new SeededEntropy(seed) : entropy);
        Choices connected = port == null ? operator : new NetworkedChoices(port, requests, operator);
        return choices.apply(faults.isEmpty() ? connected : new PlannedFaults(faults, spec, seed, connected));
    }
}
