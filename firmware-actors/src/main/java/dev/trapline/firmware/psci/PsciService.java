package dev.trapline.firmware.psci;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.devicetree.TreeProperty;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.TreePart;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;

/// PSCI 0.1, 0.2 and 1.0 to 1.3 (DEN0022), every function of the version that the machine has.
///
/// The descriptor lists the settings: the version, functions to leave out, the power-domain tree's idle states, how
/// long a CPU is pending, and CPUs that fail or are missing. Version 0.1 defines no identifiers. It uses those of KVM
/// (0x95C1BA5E to 0x95C1BA61), with whole registers as arguments.
public final class PsciService implements FirmwareService<PsciState> {

    static final String NAME = "psci";

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                NAME,
                "3",
                List.of(
                        new Claim(
                                FunctionId.fast32(PsciFunction.OWNER, 0),
                                FunctionId.fast32(PsciFunction.OWNER, PsciFunction.LAST_NUMBER)),
                        new Claim(
                                FunctionId.fast64(PsciFunction.OWNER, 0),
                                FunctionId.fast64(PsciFunction.OWNER, PsciFunction.LAST_NUMBER)),
                        new Claim(PsciFunction.Legacy.FIRST, PsciFunction.Legacy.LAST)),
                List.of(),
                PsciFunction.described(),
                SettingsReader.SETTINGS,
                List.of(PsciVersion.register()));
    }

    @Override
    public PsciState start(ServiceContext context) {
        return PsciState.initial(context.topology(), SettingsReader.read(context));
    }

    /// The binding `arm,psci` of the Linux kernel. Each CPU has an enable method. It is PSCI even if PSCI's calls
    /// are switched off, because there is no other. On a board with interrupts, the idle states of a core follow.
    @Override
    public TreePart deviceTree(TreePart.Question question) {
        TreeNode node = TreeNode.named("psci")
                .strings("compatible", "arm,psci-1.0", "arm,psci-0.2")
                .strings("method", question.conduit().method());
        TreePart part =
                new TreePart(List.of(node), List.of(new TreeProperty.Strings("enable-method", List.of("psci"))));
        return switch (question.board()) {
            case BARE -> part;
            case VIRT -> question.on() ? IdleTree.added(part, question.context()) : part;
        };
    }

    @Override
    public Reply<PsciState> apply(PsciState state, ServiceCall call, GuestMemory memory) {
        return PsciLogic.apply(state, call, memory);
    }

    @Override
    public boolean offers(PsciState initial, FunctionId function, GuestMemory memory) {
        return initial.settings().function(function.value(), ExecutionState.A64) != null;
    }

    @Override
    public Reaction<PsciState> notice(PsciState state, MachineEvent event) {
        return switch (event) {
            case MachineEvent.Woken woken -> Reaction.of(WakeUps.woken(state, woken.vcpu(), woken.time()));
            case MachineEvent.StayedAwake stayed -> Reaction.of(WakeUps.stayedAwake(state, stayed.vcpu()));
            case MachineEvent.Started _,
                    MachineEvent.Entropy _,
                    MachineEvent.PoweredOn _,
                    MachineEvent.PoweredOff _,
                    MachineEvent.PoweredDown _,
                    MachineEvent.EventInjected _,
                    MachineEvent.Interrupted _ -> Reaction.of(state);
        };
    }
}
