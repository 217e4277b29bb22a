#include "config.h"

#include "demo-scene.h"

void
demo_scene_draw (DemoScene scene, const DemoStage *stage)
{
  static void (*const draw[DEMO_N_SCENES]) (const DemoStage *) = {
    [DEMO_MOUNTAINS] = demo_draw_mountains,
    [DEMO_AURORA] = demo_draw_aurora,
    [DEMO_DUNES] = demo_draw_dunes,
    [DEMO_FOREST] = demo_draw_forest,
    [DEMO_TREE] = demo_draw_tree,
    [DEMO_CITY] = demo_draw_city,
    [DEMO_ROAD] = demo_draw_road,
    [DEMO_WINDOWS] = demo_draw_windows,
    [DEMO_LAMP] = demo_draw_lamp,
    [DEMO_CATS] = demo_draw_cats,
    [DEMO_SEA] = demo_draw_sea,
    [DEMO_WHALE] = demo_draw_whale,
    [DEMO_SPACE] = demo_draw_space,
    [DEMO_BALLOONS] = demo_draw_balloons,
    [DEMO_TILES] = demo_draw_tiles,
    [DEMO_CORRIDOR] = demo_draw_corridor,
    [DEMO_RINGS] = demo_draw_rings,
    [DEMO_KEYHOLE] = demo_draw_keyhole,
    [DEMO_CURTAIN] = demo_draw_curtain,
  };

  g_assert (scene < DEMO_N_SCENES);
  draw[scene](stage);
}
