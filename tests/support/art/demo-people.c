#include "config.h"

#include "demo-people.h"

#include <math.h>

static const char *const names[DEMO_N_PEOPLE] = {
  "Ilse Marwood",   "Teodor Quill",      "Amara Sefton",  "Jonas Birkeland", "Priya Lanthorn",
  "Cosmo Adeyemi",  "Wilma Raske",       "Dario Fenwick", "Noor Halloran",   "Bastian Oye",
  "Greta Solheim",  "Malik Thorncastle", "Yuki Ansel",    "Rosalind Pike",   "Emeka Varga",
  "Clara Windham",  "Anton Belasco",     "Sunniva Dahl",  "Marcel Ito",      "Hanne Grover",
  "Tobias Leclair", "Ines Carraway",     "Oskar Mbeki",   "Lena Farrow",     "Viktor Sandoval",
  "Mirela Stone",   "August Nakano",     "Freya Ellison", "Desmond Kray",    "Paloma Wisher",
};

static const DemoColour grounds[][2] = {
  { 0xf3b562, 0xd9653b }, { 0x6fb3b8, 0x1f5f78 }, { 0xb58ad6, 0x54307f }, { 0xf2a1a8, 0xa53f63 },
  { 0x9fc490, 0x3f6b4f }, { 0x88a7d8, 0x33477f }, { 0xe8c39e, 0x8d5a3c }, { 0x8fd0c8, 0x2c6a6b },
  { 0xe38fb4, 0x7a2a58 }, { 0xc9c5a3, 0x5c5f3e },
};
static const DemoColour skins[] = { 0xf1c7a3, 0x8d5a3b, 0xe0a97e, 0xf6d6bd, 0x6d4430, 0xc68a5e,
                                    0xedbb96, 0xa26a45, 0xf3cdb0, 0x7b4d36, 0xd79b6c };
static const DemoColour hairs[] = { 0x2b1a17, 0x15100f, 0x7a3b1d, 0xd0a24c, 0x1a1414,
                                    0x0f0d12, 0xb8b4ae, 0x2a1d1a, 0x5a2a1a, 0x201612,
                                    0xe0c27a, 0x40302c, 0xa8492a };
static const DemoColour dark_hairs[] = { 0x15100f, 0x2a1d1a, 0x1a1414, 0x8e8a88, 0x201612 };
static const DemoColour cloths[] = { 0x23406b, 0xf4ead7, 0x2e2e38, 0x7d1f3a, 0xe9b44c, 0x35606b,
                                     0x3b3350, 0xc4533f, 0xf0f0ee, 0x274a3b, 0x8a6bb0 };

typedef enum
{
  HAIR_SWEPT,
  HAIR_LONG,
  HAIR_CURLY,
  HAIR_PARTED,
  HAIR_BEARDED,
  HAIR_BUN,
  N_HAIRS,
} Hair;

static const Hair hair_of[DEMO_N_PEOPLE] = {
  HAIR_LONG,    HAIR_SWEPT,   HAIR_CURLY,   HAIR_BEARDED, HAIR_LONG,    HAIR_SWEPT,
  HAIR_PARTED,  HAIR_BEARDED, HAIR_BUN,     HAIR_SWEPT,   HAIR_PARTED,  HAIR_BEARDED,
  HAIR_BUN,     HAIR_LONG,    HAIR_CURLY,   HAIR_PARTED,  HAIR_SWEPT,   HAIR_BUN,
  HAIR_SWEPT,   HAIR_CURLY,   HAIR_BEARDED, HAIR_LONG,    HAIR_CURLY,   HAIR_PARTED,
  HAIR_BEARDED, HAIR_LONG,    HAIR_SWEPT,   HAIR_BUN,     HAIR_BEARDED, HAIR_PARTED,
};

const char *
demo_person_name (guint i)
{
  g_assert (i < DEMO_N_PEOPLE);
  return names[i];
}

/* All below is drawn on a field of 240, the face around (0, 108). */

static void
draw_hair_behind (const DemoStage *s, Hair hair)
{
  if (hair == HAIR_BUN)
    demo_ellipse (s, 0, 40, 24, 22);
  if (hair != HAIR_LONG && hair != HAIR_PARTED)
    return;
  cairo_move_to (s->cr, -62, 95);
  cairo_curve_to (s->cr, -75, 30, 75, 30, 62, 95);
  cairo_curve_to (s->cr, 78, 150, 66, 190, 60, 205);
  cairo_line_to (s->cr, -60, 205);
  cairo_curve_to (s->cr, -66, 190, -78, 150, -62, 95);
  cairo_fill (s->cr);
}

static void
draw_body (const DemoStage *s, DemoColour skin, DemoColour cloth)
{
  cairo_t *cr = s->cr;

  demo_linear (s, -60, 170, 100, 245,
               DEMO_STOPS ({ 0, cloth, 1 }, { 1, demo_darker (cloth, 0.3), 1 }));
  cairo_move_to (cr, -100, 245);
  cairo_curve_to (cr, -96, 190, -50, 178, -20, 172);
  cairo_line_to (cr, 20, 172);
  cairo_curve_to (cr, 50, 178, 96, 190, 100, 245);
  cairo_fill (cr);
  demo_flat (s, demo_darker (skin, 0.18), 1);
  demo_rectangle (s, -19, 135, 38, 44);
  cairo_arc (cr, 0, 177, 19, 0, G_PI);
  cairo_fill (cr);
}

static void
draw_face (const DemoStage *s, DemoColour skin)
{
  demo_flat (s, skin, 1);
  demo_ellipse (s, 0, 108, 43, 54);
  demo_linear (s, -10, 0, 45, 0, DEMO_STOPS ({ 0, DEMO_BLACK, 0 }, { 1, DEMO_BLACK, 0.22 }));
  demo_ellipse (s, 0, 108, 43, 54);
}

static void
draw_crown (const DemoStage *s, double foot, const double inner[8])
{
  /* The curve reaches three quarters of the way to its handles: the crown is at 46. */
  double top = (46 - foot * 0.25) / 0.75;

  cairo_move_to (s->cr, -48, foot);
  cairo_curve_to (s->cr, -58, top, 58, top, 48, foot);
  cairo_curve_to (s->cr, 44, 88, inner[0], inner[1], inner[2], inner[3]);
  cairo_curve_to (s->cr, inner[4], inner[5], inner[6], inner[7], -48, foot);
  cairo_fill (s->cr);
}

static void
draw_beard (const DemoStage *s)
{
  cairo_move_to (s->cr, -43, 112);
  cairo_curve_to (s->cr, -42, 179, 42, 179, 43, 112);
  cairo_curve_to (s->cr, 36, 140, 18, 138, 0, 138);
  cairo_curve_to (s->cr, -18, 138, -36, 140, -43, 112);
  cairo_fill (s->cr);
}

static void
draw_hair (const DemoStage *s, Hair hair)
{
  static const double swept[] = { 20, 70, -6, 74, -30, 76, -42, 86 };
  static const double parted_left[] = { 10, 72, -14, 66, -28, 84, -44, 92 };
  static const double parted[] = { 30, 78, 0, 76, -30, 78, -44, 90 };
  static const double short_cut[] = { 36, 72, 0, 73, -36, 72, -44, 92 };

  if (hair == HAIR_SWEPT)
    draw_crown (s, 104, swept);
  else if (hair == HAIR_LONG)
    draw_crown (s, 122, parted_left);
  else if (hair == HAIR_PARTED)
    draw_crown (s, 128, parted);
  else if (hair == HAIR_BUN)
    draw_crown (s, 102, parted);
  else if (hair == HAIR_BEARDED)
    {
      draw_crown (s, 102, short_cut);
      draw_beard (s);
    }
  else
    for (int k = 0; k < 14; k++)
      {
        double a = G_PI + k / 13.0 * G_PI;

        demo_ellipse (s, cos (a) * 44, 92 + sin (a) * 40, 17, 17);
      }
}

void
demo_person_draw (guint i, const DemoStage *s)
{
  const DemoColour *ground = grounds[i % G_N_ELEMENTS (grounds)];
  DemoColour skin = skins[(i * 5 + i / 7) % G_N_ELEMENTS (skins)];
  DemoColour hair = hairs[(i * 4 + i / 5) % G_N_ELEMENTS (hairs)];
  DemoColour cloth = cloths[(i * 7 + 3) % G_N_ELEMENTS (cloths)];

  if (!demo_is_light (skin))
    hair = dark_hairs[i % G_N_ELEMENTS (dark_hairs)];

  g_assert (i < DEMO_N_PEOPLE);
  cairo_save (s->cr);
  cairo_scale (s->cr, s->w / 240, s->h / 240);
  demo_linear (s, 0, 0, 240, 240, DEMO_STOPS ({ 0, ground[0], 1 }, { 1, ground[1], 1 }));
  cairo_paint (s->cr);
  demo_glow (s, 72, 60, 150, DEMO_WHITE, 0.35);
  cairo_translate (s->cr, 120, 0);
  demo_flat (s, demo_darker (hair, 0.12), 1);
  draw_hair_behind (s, hair_of[i]);
  draw_body (s, skin, cloth);
  draw_face (s, skin);
  demo_flat (s, hair, 1);
  draw_hair (s, hair_of[i]);
  cairo_restore (s->cr);
}
