package dev.trapline.firmware.sdei;

import dev.trapline.abi.Width;
import dev.trapline.abi.devicetree.TreeNode;
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
import java.util.List;

/// SDEI 1.0 and 1.1 (DEN0054), every function.
///
/// Events come from EVENT_SIGNAL, from outside ([MachineEvent.EventInjected]), and from bound interrupts
/// ([MachineEvent.Interrupted]). [Delivery] has the rules of when, where and in which order events are delivered.
///
/// Event 0, the software-signalled event, always exists. Settings declare the platform's events and the slots for
/// INTERRUPT_BIND.
public final class SdeiService implements FirmwareService<SdeiState> {

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                "sdei",
                "3",
                List.of(new Claim(SdeiFunction.FIRST, SdeiFunction.LAST)),
                SdeiFunction.described(),
                SettingsReader.SETTINGS);
    }

    @Override
    public SdeiState start(ServiceContext context) {
        return SdeiState.initial(context.topology(), SettingsReader.read(context));
    }

    /// The binding `arm,sdei-1.0` of the Linux kernel. There is no node if the calls are switched off, or on
    /// AArch32, whose guests cannot make them: the calls then return NOT_SUPPORTED.
    @Override
    public TreePart deviceTree(TreePart.Question question) {
        if (question.width() == Width.AARCH32 || !question.on()) {
            return TreePart.NONE;
        }
        return TreePart.of(TreeNode.named("firmware")
                .child(TreeNode.named("sdei")
                        .strings("compatible", "arm,sdei-1.0")
                        .strings("method", question.conduit().method())));
    }

    @Override
    public Reply<SdeiState> apply(SdeiState state, ServiceCall call, GuestMemory memory) {
        return SdeiLogic.apply(state, call);
    }

    @Override
    public Reaction<SdeiState> notice(SdeiState state, MachineEvent event) {
        return SdeiLogic.notice(state, event);
    }

    @Override
    public List<Long> events(SdeiState initial) {
        return initial.events().stream()
                .map(event -> (long) event.definition().number())
                .toList();
    }
}
