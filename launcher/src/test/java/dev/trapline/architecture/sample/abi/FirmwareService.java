package dev.trapline.architecture.sample.abi;

/// Stands for the SPI of services.
public interface FirmwareService {}
