package dev.trapline.architecture.sample.launcher;

import dev.trapline.architecture.sample.testkit.TestkitOffender;
import dev.trapline.architecture.sample.unicorn.TalkingEngine;
import dev.trapline.architecture.sample.vcpu.VcpuOffender;
import java.util.List;

/// Is known by a module below it, which closes a cycle, names an engine where none is to be chosen, and uses what tests
/// are made of.
public record LauncherOffender(List<VcpuOffender> below, TalkingEngine engine, TestkitOffender test) {}
