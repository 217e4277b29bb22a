#include "config.h"

#include "demo-palette.h"

static const DemoPalette palettes[DEMO_N_PALETTES] = {
  [DEMO_DUSK] = { 0x1b1440, 0xe0567a, 0xffd38a, 0x7b3d74, 0x1d1233, 0xff8c5a },
  [DEMO_TEAL] = { 0x062b3a, 0x2aa198, 0xffe9b8, 0x1f6f78, 0x06202b, 0xffb454 },
  [DEMO_RUST] = { 0x3a0f14, 0xd9532c, 0xffd9a0, 0x96361f, 0x26080c, 0xff9b3d },
  [DEMO_ICE] = { 0x0a1836, 0x3a6ea5, 0x7df0c8, 0x27466f, 0x081226, 0xb48cff },
  [DEMO_SAND] = { 0xf3c98b, 0xfbe6c0, 0xfff6de, 0xe39a55, 0x8c3f1f, 0xc2452d },
  [DEMO_ROSE] = { 0xf7c7c0, 0xfde8da, 0xfff9ef, 0xd97e88, 0x7a2f4f, 0xb5174b },
  [DEMO_NOIR] = { 0x0b0f1c, 0x27324d, 0xffdf9e, 0x1c2440, 0x0a0d18, 0xc9303e },
  [DEMO_VIOLET] = { 0x150a33, 0x5b2a9d, 0xffb3ec, 0x7d3fc4, 0x12082a, 0x4de2ff },
  [DEMO_MOSS] = { 0x0f2a22, 0x6fae7b, 0xf4f3c1, 0x3d7a5c, 0x0a1f18, 0xff9f5a },
  [DEMO_AMBER] = { 0x2a1405, 0xc8741c, 0xffe29a, 0x8a4a14, 0x1c0c03, 0xffb01f },
  [DEMO_BLUE] = { 0x04122e, 0x1565a8, 0x9fe8ff, 0x1d4f91, 0x061a3c, 0xff6f91 },
  [DEMO_MONO] = { 0x101012, 0x4b4b52, 0xf1efe8, 0x303038, 0x0c0c0e, 0xd8d4c8 },
  [DEMO_POP] = { 0xf4efe4, 0xe4572e, 0xf3a712, 0x17bebb, 0x2e282a, 0x76b041 },
  [DEMO_POP2] = { 0xfff4e0, 0x2d3a8c, 0xff5d73, 0xffb84c, 0x16213e, 0x38b6a5 },
  [DEMO_MINT] = { 0xd6f0e6, 0xf8f3d8, 0xfffdf0, 0x6fb8a0, 0x23605a, 0xe0533d },
  [DEMO_PLUM] = { 0x2b0a2e, 0x8d2b6b, 0xffc9a3, 0x5a1b55, 0x19061c, 0xff5c87 },
  [DEMO_NEON] = { 0x0a0524, 0xc21e8a, 0xffe66b, 0x4a1a7a, 0x0c0624, 0xff4d6d },
  [DEMO_WINTER] = { 0x8fb3d1, 0xdfeaf3, 0xffffff, 0x7f9dbd, 0x2c425f, 0xd1495b },
  [DEMO_NIGHT] = { 0x070b24, 0x233a78, 0xfff1c9, 0x23346b, 0x0a1030, 0xffd166 },
};

const DemoPalette *
demo_palette (DemoPaletteName name)
{
  g_assert (name < DEMO_N_PALETTES);
  return &palettes[name];
}

static guint
mix_channel (DemoColour a, DemoColour b, double t, int shift)
{
  double from = (a >> shift) & 255;
  double to = (b >> shift) & 255;

  return (guint) (from * (1 - t) + to * t + 0.5) << shift;
}

DemoColour
demo_mix (DemoColour a, DemoColour b, double t)
{
  t = CLAMP (t, 0, 1);
  return mix_channel (a, b, t, 16) | mix_channel (a, b, t, 8) | mix_channel (a, b, t, 0);
}

DemoColour
demo_darker (DemoColour colour, double t)
{
  return demo_mix (colour, DEMO_BLACK, t);
}

DemoColour
demo_lighter (DemoColour colour, double t)
{
  return demo_mix (colour, DEMO_WHITE, t);
}

gboolean
demo_is_light (DemoColour colour)
{
  return (colour >> 16) + ((colour >> 8) & 255) + (colour & 255) > 382;
}
