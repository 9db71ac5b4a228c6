package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.memory.MemoryCopy;
import dev.trapline.machine.firmware.KeptState;
import java.util.List;

/// A state of a [StepMachine] from which it can run again and again.
public final class StartingPoint {

    final Bytes machine;
    final List<KeptState> services;
    final Policy policy;
    final MemoryCopy memory;

    StartingPoint(Bytes machine, List<KeptState> services, Policy policy, MemoryCopy memory) {
        this.machine = machine;
        this.services = services;
        this.policy = policy;
        this.memory = memory;
    }
}
