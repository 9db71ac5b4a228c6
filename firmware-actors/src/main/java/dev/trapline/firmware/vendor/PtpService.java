package dev.trapline.firmware.vendor;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.KvmRegister;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;

/// KVM's paravirtual clock for the Precision Time Protocol: vendor-hypervisor call `0x86000001`
/// (`Documentation/virt/kvm/arm/ptp_kvm.rst`). It returns the wall clock and the guest's counter of the same instant,
/// both derived from virtual time.
///
/// w1 is 0 for the virtual counter and 1 for the physical one, which are the same here. Returns w0:w1, nanoseconds
/// since 1970-01-01 UTC, and w2:w3, the counter: each the upper half first. Any other w1 is NOT_SUPPORTED.
///
/// The wall clock at virtual time 0 is the setting `epoch`, so that it is the same in every replay.
public final class PtpService implements FirmwareService<PtpService.Epoch> {

    /// PTP. A fast SMC32 call of the vendor hypervisor's range (owner 6).
    public static final FunctionId PTP = FunctionId.fast32(6, 1);

    private static final String EPOCH = "epoch";
    private static final long VIRTUAL_COUNTER = 0;
    private static final long PHYSICAL_COUNTER = 1;
    private static final long NOT_SUPPORTED = -1;
    private static final long NANOSECONDS_PER_TICK = 1_000_000_000 / MachineSpec.TICKS_PER_SECOND;
    /// With this limit, the sum overflows only after 146 years of virtual time.
    private static final long LAST_EPOCH = 1L << 62;

    private static final long LOW = 0xffff_ffffL;

    /// The wall clock at virtual time 0.
    ///
    /// @param nanoseconds since 1970-01-01 UTC
    public record Epoch(long nanoseconds) {}

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                "ptp",
                "1",
                List.of(Claim.of(PTP)),
                List.of(),
                List.of(new Function(
                        PTP,
                        "VENDOR_HYP_KVM_PTP",
                        List.of("counter"),
                        List.of(new ResultName(NOT_SUPPORTED, "NOT_SUPPORTED")))),
                List.of(new Setting(
                        EPOCH,
                        "1767225600000000000",
                        "the wall clock at virtual time 0, in nanoseconds since 1970 UTC, 0 to 2^62; by default"
                                + " 2026-01-01")),
                List.of(new KvmRegister.Bit(KvmRegister.Bitmap.VENDOR_HYP_BMAP, 1)));
    }

    @Override
    public Epoch start(ServiceContext context) {
        String text = context.setting(EPOCH);
        try {
            long nanoseconds = Long.parseLong(text);
            if (nanoseconds >= 0 && nanoseconds <= LAST_EPOCH) {
                return new Epoch(nanoseconds);
            }
        } catch (NumberFormatException e) {
            // Not a number: reported below, like a number out of range.
        }
        throw new IllegalArgumentException("'" + EPOCH + "' takes nanoseconds, 0 to 2^62, not '" + text + "'");
    }

    @Override
    public Reply<Epoch> apply(Epoch epoch, ServiceCall call, GuestMemory memory) {
        long counter = call.smccc().argument(1);
        if (!call.smccc().functionId().equals(PTP) || (counter != VIRTUAL_COUNTER && counter != PHYSICAL_COUNTER)) {
            return Reply.x0(epoch, NOT_SUPPORTED);
        }
        long wall = epoch.nanoseconds() + call.time() * NANOSECONDS_PER_TICK;
        return Reply.of(epoch, RegisterWrites.fromX0(wall >>> 32, wall & LOW, call.time() >>> 32, call.time() & LOW));
    }
}
