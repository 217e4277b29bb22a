#pragma once

#include "demo-stage.h"

G_BEGIN_DECLS

typedef enum
{
  DEMO_MOUNTAINS,
  DEMO_AURORA,
  DEMO_DUNES,
  DEMO_FOREST,
  DEMO_TREE,
  DEMO_CITY,
  DEMO_ROAD,
  DEMO_WINDOWS,
  DEMO_LAMP,
  DEMO_CATS,
  DEMO_SEA,
  DEMO_WHALE,
  DEMO_SPACE,
  DEMO_BALLOONS,
  DEMO_TILES,
  DEMO_CORRIDOR,
  DEMO_RINGS,
  DEMO_KEYHOLE,
  DEMO_CURTAIN,
  DEMO_N_SCENES,
} DemoScene;

/* Draws @scene over the whole stage. All sizes follow the stage, so that it suits any format. */
void demo_scene_draw (DemoScene scene, const DemoStage *stage);

/* demo-scene-land.c */
void demo_draw_mountains (const DemoStage *stage);
void demo_draw_aurora (const DemoStage *stage);
void demo_draw_dunes (const DemoStage *stage);
void demo_draw_forest (const DemoStage *stage);
void demo_draw_tree (const DemoStage *stage);
/* demo-scene-town.c */
void demo_draw_city (const DemoStage *stage);
void demo_draw_road (const DemoStage *stage);
void demo_draw_windows (const DemoStage *stage);
void demo_draw_lamp (const DemoStage *stage);
void demo_draw_cats (const DemoStage *stage);
/* demo-scene-far.c */
void demo_draw_sea (const DemoStage *stage);
void demo_draw_whale (const DemoStage *stage);
void demo_draw_space (const DemoStage *stage);
void demo_draw_balloons (const DemoStage *stage);
/* demo-scene-form.c */
void demo_draw_tiles (const DemoStage *stage);
void demo_draw_corridor (const DemoStage *stage);
void demo_draw_rings (const DemoStage *stage);
void demo_draw_keyhole (const DemoStage *stage);
void demo_draw_curtain (const DemoStage *stage);

G_END_DECLS
