import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'element-plus/es/components/base/style/css'
import 'element-plus/es/components/cascader/style/css'
import './styles/tokens.css'
import './styles/base.css'
import App from './App.vue'
import { whenUnauthenticated } from './api/client'
import { makeRouter } from './router'
import { rawMicrophone } from './softphone/voice'
import { useSession } from './stores/session'

rawMicrophone() // Remembers ?rawmic=1 before the log-in page drops the query.
const app = createApp(App)
app.use(createPinia())
whenUnauthenticated(() => useSession().end())
app.use(makeRouter())
app.mount('#app')
