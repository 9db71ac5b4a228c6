package dev.trapline.firmware.pvtime;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.KvmRegister;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.firmware.SharedMemory;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;
import java.util.Optional;

/// Paravirtualized Time 1.0 (DEN0057): PV_TIME_FEATURES and PV_TIME_ST, for AArch64 callers.
///
/// PV_TIME_ST returns the address of the calling vCPU's stolen-time structure. The structures are in guest RAM, 64
/// bytes each. They begin at the setting `base`, by default at the beginning of the last page of RAM. A guest that
/// calls PV_TIME_ST must not use that memory for anything else. For a guest that does not call it, nothing changes.
///
/// Stolen time is the virtual time during which a vCPU could run but was skipped.
public final class PvTimeService implements FirmwareService<PvTimeState> {

    /// PV_TIME_FEATURES.
    public static final FunctionId FEATURES = FunctionId.fast64(5, 0x20);
    /// PV_TIME_ST.
    public static final FunctionId ST = FunctionId.fast64(5, 0x21);

    /// The value of the setting `base` that lets the service choose the address.
    static final String AUTO = "auto";

    static final String BASE = "base";

    @Override
    public ServiceDescriptor descriptor() {
        ResultName notSupported = new ResultName(-1, "NOT_SUPPORTED");
        return new ServiceDescriptor(
                "pv-time",
                "2",
                List.of(new Claim(FEATURES, ST)),
                List.of(),
                List.of(
                        new Function(
                                FEATURES,
                                "PV_TIME_FEATURES",
                                List.of("PV_call_id"),
                                List.of(new ResultName(0, "SUCCESS"), notSupported)),
                        new Function(ST, "PV_TIME_ST", List.of(), List.of(notSupported))),
                List.of(new Setting(
                        BASE,
                        AUTO,
                        "address of the stolen-time structures, 64 bytes for each vCPU: in RAM, a multiple of "
                                + "64; auto is the last page of RAM; the device tree leaves these pages out of "
                                + "memory")),
                List.of(new KvmRegister.Bit(KvmRegister.Bitmap.STD_HYP_BMAP, 0)));
    }

    @Override
    public PvTimeState start(ServiceContext context) {
        return new PvTimeState(context.topology().vcpus(), PvTimeState.Base.of(context.setting(BASE)));
    }

    @Override
    public boolean offers(PvTimeState initial, FunctionId function, GuestMemory memory) {
        return PvTimeLogic.fits(initial, memory);
    }

    @Override
    public Reply<PvTimeState> apply(PvTimeState state, ServiceCall call, GuestMemory memory) {
        return PvTimeLogic.apply(state, call, memory);
    }

    @Override
    public Optional<SharedMemory> sharedMemory(ServiceContext context, Width width, AddressRange ram) {
        return switch (width) {
            case AARCH64 ->
                PvTimeLogic.pages(context, ram)
                        .map(pages -> new SharedMemory(pages, "PV_TIME_ST keeps the stolen time", BASE));
            // PV time is for AArch64 callers.
            case AARCH32 -> Optional.empty();
        };
    }
}
