package dev.trapline.machine;

import dev.trapline.abi.VcpuId;
import java.util.ArrayList;
import java.util.List;

/// Surroundings of a machine that only keep the commands to vCPUs: nothing runs.
final class Told implements MachineCore.Surroundings {

    /// A command, and its vCPU.
    record Command(VcpuId vcpu, VcpuCommand what) {}

    final List<Command> commands = new ArrayList<>();
    int ends;

    @Override
    public void tell(VcpuId vcpu, VcpuCommand command) {
        commands.add(new Command(vcpu, command));
    }

    @Override
    public void ended() {
        ends++;
    }

    /// The commands of one vCPU, in order.
    List<VcpuCommand> to(VcpuId vcpu) {
        return commands.stream()
                .filter(command -> command.vcpu().equals(vcpu))
                .map(Command::what)
                .toList();
    }

    /// Forgets the commands until now.
    Told forget() {
        commands.clear();
        return this;
    }
}
