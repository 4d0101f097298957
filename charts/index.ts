export { CATALOG } from './catalog';
export { Cluster, type ClusterPlan, type ClusterProps, clusterSchema } from './cluster';
export { LAYERS, type Layer } from './layers';
